//! Texts in Traditional Chinese, as written in Taiwan.

use crate::simulate::texts::Line;
use crate::simulate::topics::Topic;

/// The texts for one place of a conversation.
pub(super) fn lines(topic: Topic, line: Line) -> &'static [&'static str] {
    match line {
        Line::Opening => opening(topic),
        Line::Answer => answer(topic),
        Line::FollowUp => follow_up(topic),
        Line::Human => &["轉真人客服", "請幫我轉接專員", "我要找真人", "機器人看不懂，轉人工"],
        Line::Details => &[
            "訂單編號{order}，手機{phone}",
            "編號 {order}，麻煩您",
            "收件人{name}，電話{phone}",
            "{order}，刷卡{amount}元那筆",
            "信箱是{email}，應該查得到",
        ],
        Line::Thanks => &["好的，謝謝您", "了解，感謝", "那我再等等，辛苦了", "沒有其他問題了，謝謝", "OK，感恩"],
        Line::Upset => &["還是沒有解決，很失望", "每次都叫我等", "再不處理我要向消保官申訴了", "已經第三次反映了！"],
        Line::Waiting => &["請問有人在嗎？", "還要等多久", "哈囉？", "等好久了"],
        Line::BotGreeting => {
            &["您好，我是智慧客服小杉，請問需要什麼協助？", "歡迎來到雲杉商城，請輸入您的問題，或回覆「真人」轉接專員。"]
        }
        Line::BotAnswer => bot_answer(topic),
        Line::Connecting => &["正在為您轉接客服專員，請稍候…", "目前等候人數較多，將儘快為您接通。"],
        Line::Closed => &["真人客服時間為8:00-22:00，您可以先留言，我們會儘快回覆。"],
        Line::Greeting => &[
            "您好，很高興為您服務，請提供訂單編號或手機號碼，我幫您查詢。",
            "您好，讓您久等了，請問訂單編號是多少呢？",
            "您好，我是客服專員，請問怎麼稱呼您？方便提供訂單編號嗎？",
        ],
        Line::Checking => &["好的，請稍等，為您查詢中。", "收到，我確認一下，請稍候1-2分鐘。", "感謝您的耐心，還在與倉庫確認。"],
        Line::Reassurance => &[
            "了解您的心情，我們會儘快處理。",
            "請您放心，這邊會持續為您追蹤。",
            "已經備註急件，同仁會優先處理。",
            "不好意思讓您久等，剛與相關部門確認過。",
        ],
        Line::Closing => &[
            "請問還有其他需要協助的嗎？祝您順心。",
            "感謝您的來訊，稍後請為本次服務評分，謝謝。",
            "已為您登記，有進度會簡訊通知{phone}。",
        ],
        Line::Praise => &["客服很親切，處理很快", "很有耐心，謝謝", "回覆迅速，滿意", "很專業"],
        Line::BlameWait => &["等太久了", "電話一直打不進來，打了好幾次，我的電話{phone}", "等候時間過長"],
        Line::BlameUnresolved => &["問題沒有解決", "一直道歉但沒有處理", "退款還是沒入帳"],
        Line::BlameTransfer => &["一直被轉接，每次都要重講", "換了兩位專員才處理"],
        Line::Middling => &["普通", "回覆有點慢", "流程有點麻煩"],
    }
}

fn opening(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery => &["請問我的包裹到哪裡了？訂單{order}", "物流好幾天沒更新了", "顯示已送達可是我沒收到"],
        Topic::Dispatch => &["已經{days}天了怎麼還沒出貨", "請問什麼時候出貨？", "可以幫我催一下出貨嗎"],
        Topic::Address => &["地址填錯了，可以修改嗎？", "想改成超商取貨，訂單{order}", "收件電話要改成{phone}"],
        Topic::Missing => &["收到商品少了一件", "贈品沒有附上", "訂單{order}漏寄了配件"],
        Topic::Return => &["我想退貨，請問怎麼申請", "尺寸不合，想退貨", "七天鑑賞期可以退嗎"],
        Topic::Exchange => &["可以換顏色嗎", "買太大了想換小一號", "換貨申請沒有人處理"],
        Topic::Quality => &["剛收到就故障了", "洗一次就褪色，品質很差", "螢幕有刮痕"],
        Topic::RefundProgress => &["請問退款什麼時候會好", "退貨你們收到了嗎", "訂單{order}退款進度"],
        Topic::RefundMissing => {
            &["退款{amount}元顯示成功可是沒入帳", "一個禮拜了還沒收到退款", "信用卡沒有看到退款，手機{phone}"]
        }
        Topic::PaymentFailed => {
            &["一直付款失敗，顯示系統忙線", "刷卡成功但訂單顯示未付款！", "付款頁面打不開", "被重複扣款{amount}元"]
        }
        Topic::Login => &["無法登入，收不到驗證碼", "換手機了，原本是{phone}", "帳號被鎖住了", "忘記密碼，信箱{email}"],
        Topic::Invoice => &["發票要打統編", "電子發票沒收到，信箱{email}", "可以補開發票嗎"],
        Topic::Complaint => &["我要客訴！同一個問題問三次了", "廣告不實，我要申訴", "請你們主管跟我聯絡"],
        Topic::Compensation => &["延誤造成損失，要求賠償", "商品是瑕疵品，怎麼賠", "之前說的補償還沒給"],
        Topic::Attitude => &["剛剛那位客服態度很差", "客服掛我電話", "一直敷衍我"],
    }
}

fn bot_answer(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch | Topic::Address | Topic::Missing => {
            &["訂單 {order} 處理中，可於「我的訂單」查看最新進度。", "未出貨的訂單可於訂單頁修改地址。"]
        }
        Topic::Return | Topic::Exchange | Topic::Quality => {
            &["提供七天鑑賞期，請於訂單頁申請，物流會到府收件。", "退回時請保留吊牌與包裝。"]
        }
        Topic::RefundProgress | Topic::RefundMissing => {
            &["退款將於審核後1-3個工作天退回原付款方式。", "訂單 {order} 的退款進度可於「退款/售後」查看。"]
        }
        Topic::PaymentFailed => &["付款失敗請更換付款方式後再試。", "若已扣款，款項會在24小時內退回。"],
        Topic::Login => &["您可於「會員中心-帳號安全」自行設定。", "收不到驗證碼時，請於60秒後重新取得。"],
        Topic::Invoice => &["電子發票已寄至 {email}，請您查收。", "統一編號可於訂單頁填寫。"],
        Topic::Complaint | Topic::Compensation | Topic::Attitude => {
            &["非常抱歉造成您的不便，您的意見已記錄。", "請簡單描述狀況，將轉給專人。"]
        }
    }
}

fn answer(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch => {
            &["包裹目前在轉運中心，預計明天送達。", "已請倉庫優先出貨，24小時內寄出。", "已聯絡物流士，稍後會致電{phone}。"]
        }
        Topic::Address => &["尚未出貨，地址已幫您更新。", "已寄出了，我請物流協助改送。", "新的收件資料已登記，請您核對。"],
        Topic::Missing => {
            &["確認是倉庫漏寄，今天為您補寄。", "已登記補寄，不需要退回原商品。", "麻煩拍一下外箱照片，我們核對重量。"]
        }
        Topic::Return | Topic::Exchange => {
            &["可以的，請在訂單頁申請，物流會到府收件。", "運費由我們負擔。", "請在{days}天內寄回，收到後為您處理。"]
        }
        Topic::Quality => {
            &["非常抱歉，可以為您免費換新或全額退款。", "麻煩您提供照片，我優先處理。", "保固期內可免費維修，為您預約收件。"]
        }
        Topic::RefundProgress | Topic::RefundMissing => &[
            "退款{amount}元已送出，約3個工作天入帳。",
            "已為您送件加急查核，結果會簡訊通知{phone}。",
            "銀行端處理中，請您再留意。",
        ],
        Topic::PaymentFailed => {
            &["目前金流服務異常，工程師搶修中，請稍後再試。", "重複扣款會在24小時內退回。", "訂單先為您保留。"]
        }
        Topic::Login => &["驗證碼已重新發送，請查收。", "核對身分後已為您解鎖。", "手機號碼已更新，請重新登入。"],
        Topic::Invoice => &["電子發票已寄至{email}。", "統編已更新，會重新開立。", "補開約需1個工作天。"],
        Topic::Complaint | Topic::Attitude => {
            &["非常抱歉造成您的不便，已轉由專人處理。", "我了解您的心情，24小時內一定回覆。", "會調閱紀錄並檢討改進。"]
        }
        Topic::Compensation => &["為您申請購物金補償，您看可以嗎？", "賠付需審核，約{days}個工作天。", "補償券已放入您的帳戶。"],
    }
}

fn follow_up(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch | Topic::Address | Topic::Missing => {
            &["大概幾點會到？", "我很急", "昨天也是這樣說", "可以優先配送嗎"]
        }
        Topic::Return | Topic::Exchange | Topic::Quality | Topic::RefundProgress => {
            &["運費怎麼算", "沒有原包裝可以嗎", "照片傳給你了", "要多久呢"]
        }
        Topic::RefundMissing | Topic::PaymentFailed | Topic::Login | Topic::Invoice => {
            &["錢會不會不見", "什麼時候會恢復", "我查過帳戶了，沒有", "可以寄到{email}嗎"]
        }
        Topic::Complaint | Topic::Compensation | Topic::Attitude => {
            &["我不接受", "主管什麼時候聯絡我", "已經等{days}天了", "我有截圖"]
        }
    }
}
